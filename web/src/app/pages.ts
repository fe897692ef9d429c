import { lazy } from 'react'

const overview = () => import('../features/overview/overview-page.tsx')
const leads = () => import('../features/leads/leads-page.tsx')
const reports = () => import('../features/reports/reports-page.tsx')
const settings = () => import('../features/settings/settings-page.tsx')
const signIn = () => import('../features/sign-in/sign-in-page.tsx')
const live = () => import('../features/leads/live-leads.tsx')

/** The pages, each a file of its own that is loaded when it is first needed. */
export const OverviewPage = lazy(overview)
export const LeadsPage = lazy(leads)
export const ReportsPage = lazy(reports)
export const SettingsPage = lazy(settings)
export const SignInPage = lazy(signIn)
export const LiveLeads = lazy(live)

/** Loads the pages people go to next, so that they open at once. */
export function preloadPages(): void {
  void Promise.allSettled([overview(), leads()])
}
