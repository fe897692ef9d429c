import './theme.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { App } from './app/app.tsx'
import { createClient } from './app/client.ts'
import { ErrorBoundary } from './app/error-boundary.tsx'
import { reloadAfterDeploy } from './app/reload-after-deploy.ts'
import { enterFromTelegram } from './enter-from-telegram.ts'
import { startLanguage } from './language.ts'
import { meQuery } from './api/get-me.ts'
import { showTheme } from './theme.ts'
import { ToastProvider } from './ui/toast.tsx'

async function start(): Promise<void> {
  showTheme()
  reloadAfterDeploy()
  await enterFromTelegram()
  const client = createClient()
  // Asked while the texts are being loaded: what is shown depends on who this is.
  if (!location.pathname.endsWith('/sign-in')) void client.prefetchQuery(meQuery)
  await startLanguage()
  const root = document.querySelector('#root')
  if (!root) throw new Error('index.html has no #root')
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <QueryClientProvider client={client}>
          <BrowserRouter basename="/portal">
            <ToastProvider>
              <App />
            </ToastProvider>
          </BrowserRouter>
        </QueryClientProvider>
      </ErrorBoundary>
    </StrictMode>,
  )
}

void start()
