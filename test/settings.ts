/** Settings of the Worker in tests: of no real bot and no real app. */
export const TEST_SETTINGS = {
  TELEGRAM_BOT_TOKEN: '123456:TEST-token-of-no-bot',
  TELEGRAM_WEBHOOK_SECRET: 'test-webhook-secret',
  TELEGRAM_API_ROOT: 'https://telegram.test',
  TELEGRAM_GROUP_LIMIT: '20',
  ADMIN_IDS: '1001',
  META_APP_ID: '1234567890',
  META_APP_SECRET: '0123456789abcdef0123456789abcdef',
  META_VERIFY_TOKEN: 'test-verify-token',
  META_GRAPH_ROOT: 'https://graph.test',
  META_DIALOG_ROOT: 'https://dialog.test',
  ENCRYPTION_KEY: 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=',
  SESSION_SECRET: 'test-session-secret-0123456789',
} as const
