/** What Meta calls a campaign; `null` when its insights were never read. */
export async function findCampaignName(db: D1Database, id: string): Promise<string | null> {
  return db.prepare('SELECT name FROM campaigns WHERE id = ?1').bind(id).first<string>('name')
}
