import { app } from './app.ts'
import { onTick } from './schedule/tick.ts'

export { Board } from '../objects/board/board.ts'
export { Connection } from '../objects/connection/connection.ts'
export { Conversation } from '../objects/conversation/conversation.ts'
export { Lead } from '../objects/lead/lead.ts'
export { Page } from '../objects/page/page.ts'
export { Watch } from '../objects/watch/watch.ts'
export { AggregateInsights } from '../workflows/aggregate-insights.ts'
export { GenerateReport } from '../workflows/generate-report.ts'
export { ReconcileLeads } from '../workflows/reconcile-leads.ts'
export { RenewMetaToken } from '../workflows/renew-meta-token.ts'

export default {
  fetch: app.fetch,
  async scheduled(controller, env) {
    await onTick(env, controller.scheduledTime)
  },
} satisfies ExportedHandler<Env>
