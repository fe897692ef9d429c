import { runInDurableObject } from 'cloudflare:test'

/** Kills an object where it stands: what it has not stored is lost, what it was doing is cut off. */
export async function crash(stub: DurableObjectStub): Promise<void> {
  // The call dies with the object: that is what it is for.
  await runInDurableObject(stub, (_, state) => state.abort('crashed by a test')).catch(
    () => undefined,
  )
}
