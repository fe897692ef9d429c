import { Suspense } from 'react'
import { Navigate, Route, Routes } from 'react-router'
import { LeadsPage, OverviewPage, ReportsPage, SettingsPage, SignInPage } from './pages.ts'
import { NotFoundPage } from './not-found-page.tsx'
import { Allowed, Shell } from './shell.tsx'

/** Every address of the portal. */
export function App() {
  return (
    <Suspense>
      <Routes>
        <Route path="sign-in" element={<SignInPage />} />
        <Route element={<Shell />}>
          <Route
            index
            element={
              <Allowed scope="stats:read" otherwise={<Navigate to="/leads" replace />}>
                <OverviewPage />
              </Allowed>
            }
          />
          <Route path="leads" element={<LeadsPage />} />
          <Route path="leads/:id" element={<LeadsPage />} />
          <Route
            path="reports"
            element={
              <Allowed scope="reports:read">
                <ReportsPage />
              </Allowed>
            }
          />
          <Route
            path="settings/:section?"
            element={
              <Allowed scope="users:write">
                <SettingsPage />
              </Allowed>
            }
          />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </Suspense>
  )
}
