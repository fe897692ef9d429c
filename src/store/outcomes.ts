/** What has become of some leads so far; `taken`: somebody has answered. */
export interface OutcomeCounts {
  received: number
  taken: number
  won: number
  lost: number
  spam: number
  waiting: number
  inProgress: number
}

/** Leads of one campaign, ad and source together; `null` where it is not known. */
export interface OutcomeRow extends OutcomeCounts {
  campaignId: string | null
  adId: string | null
  source: string
}

/**
 * A project's leads that came within a time (ISO, the end exclusive), by campaign, ad and source.
 * Repeats that were merged are counted with the lead they were merged into: only they are closed
 * without an outcome. Leads that are marked as tests are nobody's.
 */
export async function countOutcomes(
  db: D1Database,
  { projectId, from, to }: { projectId: string; from: string; to: string },
): Promise<OutcomeRow[]> {
  const { results } = await db
    .prepare(
      `SELECT campaign_id AS campaignId, body ->> '$.adId' AS adId, source,
         count(*) AS received,
         count(*) FILTER (WHERE body ->> '$.firstResponseAt' IS NOT NULL) AS taken,
         count(*) FILTER (WHERE outcome = 'won') AS won,
         count(*) FILTER (WHERE outcome = 'lost') AS lost,
         count(*) FILTER (WHERE outcome = 'spam') AS spam,
         count(*) FILTER (WHERE status = 'new') AS waiting,
         count(*) FILTER (WHERE status = 'in_progress') AS inProgress
       FROM leads
       WHERE project_id = ?1 AND created_at >= ?2 AND created_at < ?3
         AND NOT (status = 'closed' AND outcome IS NULL) AND is_test = 0
       GROUP BY campaign_id, adId, source`,
    )
    .bind(projectId, from, to)
    .all<OutcomeRow>()
  return results
}
