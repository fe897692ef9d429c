interface ErrorRow {
  code: number
  subcode?: number
  message: string
  title?: string
  /** Almost everything is 400; backend trouble is 500. */
  status?: number
  type?: string
  transient?: boolean
}

const TOO_MANY_CALLS =
  'There have been too many calls to this ad-account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.'
const ACCOUNT_TITLE = 'Ad-account Has Too Many API Calls'
const INVALID_SESSION = 'Error validating access token: '
const SESSION_CHANGED = `${INVALID_SESSION}The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.`
const REDUCE = "Please reduce the amount of data you're asking for, then retry your request"

/** What Meta says when it refuses, by code and subcode (Meta: error-reference, insights/error-codes, rate-limiting). */
const ERRORS: readonly ErrorRow[] = [
  { code: 1, message: 'An unknown error occurred', status: 500 },
  { code: 1, subcode: 99, message: 'An unknown error occurred', status: 500 },
  { code: 2, message: 'Service temporarily unavailable', status: 500, transient: true },
  { code: 2, subcode: 1504038, message: `(#2) ${REDUCE}`, title: 'Request timed out' },
  { code: 2, subcode: 1504041, message: '(#2) Invalid breakdowns' },
  { code: 2, subcode: 1504042, message: '(#2) Invalid custom metrics' },
  { code: 2, subcode: 1504043, message: '(#2) Please retry', status: 500, transient: true },
  {
    code: 2,
    subcode: 1504044,
    message: '(#2) Unknown insights error',
    status: 500,
    transient: true,
  },
  { code: 3, message: '(#3) Application does not have the capability to make this API call.' },
  { code: 4, message: '(#4) Application request limit reached' },
  { code: 4, subcode: 1504022, message: '(#4) Application request limit reached' },
  { code: 4, subcode: 1504039, message: '(#4) Application request limit reached' },
  { code: 10, message: '(#10) Application does not have permission for this action' },
  { code: 17, message: '(#17) User request limit reached' },
  {
    code: 17,
    subcode: 2446079,
    message: '(#17) User request limit reached',
    title: ACCOUNT_TITLE,
  },
  { code: 17, subcode: 1885172, message: '(#17) The spend cap was changed too many times today' },
  { code: 32, message: '(#32) Page request limit reached' },
  { code: 100, message: '(#100) Invalid parameter' },
  {
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message:
      'Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api',
  },
  { code: 100, subcode: 1487534, message: `(#100) ${REDUCE}`, title: 'Too much data' },
  { code: 100, subcode: 1504018, message: `(#100) ${REDUCE}`, title: 'Request timed out' },
  { code: 100, subcode: 3191001, message: '(#100) You have no permission to read these insights' },
  { code: 101, message: 'Error validating application. Invalid application ID.' },
  { code: 102, message: 'Session key invalid or no longer valid' },
  { code: 104, message: 'Incorrect signature' },
  { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' },
  {
    code: 190,
    subcode: 458,
    message: `${INVALID_SESSION}The user has not authorized application.`,
  },
  {
    code: 190,
    subcode: 459,
    message: `${INVALID_SESSION}You cannot access the app till you log in to www.facebook.com and follow the instructions given.`,
  },
  { code: 190, subcode: 460, message: SESSION_CHANGED },
  { code: 190, subcode: 463, message: `${INVALID_SESSION}Session has expired.` },
  { code: 190, subcode: 464, message: `${INVALID_SESSION}Sessions for the user are not allowed.` },
  { code: 190, subcode: 467, message: `${INVALID_SESSION}The session is invalid.` },
  {
    code: 190,
    subcode: 492,
    message: `${INVALID_SESSION}The user must be an administrator, editor, or moderator of the page.`,
  },
  { code: 200, message: '(#200) Permissions error' },
  { code: 210, message: '(#210) A page access token is required to request this resource.' },
  { code: 294, message: '(#294) Managing advertisements requires the permission ads_management' },
  { code: 341, message: '(#341) Application limit reached' },
  { code: 368, message: '(#368) The action attempted has been deemed abusive or is disallowed' },
  { code: 613, message: '(#613) Calls to this api have exceeded the rate limit.' },
  { code: 613, subcode: 1487742, message: '(#613) Too many calls', title: ACCOUNT_TITLE },
  { code: 613, subcode: 1487632, message: '(#613) The budget was changed too often' },
  { code: 613, subcode: 1996, message: '(#613) Inconsistent request volume' },
  { code: 613, subcode: 5044001, message: '(#613) Too many changes a second in this ad account' },
  { code: 960, message: '(#960) Request aborted. This could happen if a dependent request failed' },
  { code: 2200, message: '(#2200) Callback verification failed' },
  { code: 2500, message: 'Unknown path components' },
  {
    code: 2601,
    subcode: 1815107,
    message: '(#2601) Error accessing adreport job.',
    title: 'Error Accessing Adreport Job',
  },
  { code: 2635, message: '(#2635) You are calling a deprecated version of the Ads API.' },
  {
    code: 3018,
    message:
      '(#3018) The start date of the time range cannot be beyond 37 months from the current date',
  },
  { code: 80000, subcode: 2446079, message: `(#80000) ${TOO_MANY_CALLS}`, title: ACCOUNT_TITLE },
  { code: 80001, message: '(#80001) There have been too many calls to this Page account.' },
  { code: 80002, message: '(#80002) There have been too many calls to this Instagram account.' },
  { code: 80003, subcode: 2446079, message: `(#80003) ${TOO_MANY_CALLS}`, title: ACCOUNT_TITLE },
  { code: 80004, subcode: 2446079, message: `(#80004) ${TOO_MANY_CALLS}`, title: ACCOUNT_TITLE },
  {
    code: 80005,
    message: '(#80005) There have been too many leadgen api calls to this Page account.',
  },
  { code: 80006, message: '(#80006) There have been too many messenger api calls.' },
  { code: 80008, message: '(#80008) There have been too many calls to this WhatsApp account.' },
  { code: 80009, message: '(#80009) There have been too many calls to this catalog account.' },
  { code: 80014, message: '(#80014) There have been too many batch uploads to this catalog.' },
]

/** A refusal of the Graph API. */
export class GraphError extends Error {
  override readonly name = 'GraphError'
  readonly code: number
  readonly subcode: number | undefined
  readonly status: number
  readonly type: string
  readonly title: string | undefined
  readonly transient: boolean

  constructor(row: ErrorRow) {
    super(row.message)
    this.code = row.code
    this.subcode = row.subcode
    this.status = row.status ?? 400
    this.type = row.type ?? 'OAuthException'
    this.title = row.title
    this.transient = row.transient ?? false
  }
}

/** The refusal that the table holds for a code, with its own words where the caller has better ones. */
export function graphError(code: number, subcode?: number, message?: string): GraphError {
  const row = ERRORS.find((row) => row.code === code && row.subcode === subcode)
  const base = row ?? ERRORS.find((row) => row.code === code) ?? { message: `(#${code}) Error` }
  return new GraphError({
    ...base,
    code,
    ...(subcode === undefined ? {} : { subcode }),
    ...(message === undefined ? {} : { message }),
  })
}

/** The sync Insights refusal that production connectors recognise by its words alone: code 1, HTTP 500. */
export const tooMuchData = () => graphError(1, undefined, REDUCE)

/** Asked about oneself, by somebody who is nobody. */
export const nobody = () =>
  graphError(
    2500,
    undefined,
    'An active access token must be used to query information about the current user.',
  )

/** The `{ error }` object in which every refusal travels. */
export function envelope(error: GraphError, traceId: string) {
  return {
    error: {
      message: error.message,
      type: error.type,
      code: error.code,
      ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
      ...(error.title === undefined
        ? {}
        : { error_user_title: error.title, error_user_msg: error.message }),
      is_transient: error.transient,
      fbtrace_id: traceId,
    },
  }
}
