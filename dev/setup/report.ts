/** What a step has found out for those after it, and what it says of itself. */
export interface Found<Value> {
  value: Value
  says: string
}

/** Why a step did not succeed, and what a person can do about it. */
export class StepError extends Error {
  override name = 'StepError'
  readonly advice: string

  constructor(what: string, advice: string) {
    super(what)
    this.advice = advice
  }
}

type Known<Needs extends readonly unknown[]> = { [Key in keyof Needs]: NonNullable<Needs[Key]> }

/** Shorter ones would hide half of every sentence, and are no secrets. */
const MIN_SECRET_LENGTH = 4

/**
 * Carries steps out one after another and says how each went. A step that fails keeps back only
 * those that need what it would have found, so that one run names everything that is wrong.
 */
export class Report {
  readonly #print: (line: string) => void
  readonly #secrets = new Set<string>()
  #isGood = true

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  get isGood(): boolean {
    return this.#isGood
  }

  /** From now on these stand in no line. */
  hide(secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) {
      if (secret === undefined || secret.length < MIN_SECRET_LENGTH) continue
      this.#secrets.add(secret).add(encodeURIComponent(secret))
    }
  }

  /** One step; null when it failed, or could not begin because something it needs is null. */
  async step<const Needs extends readonly unknown[], Value>(
    name: string,
    needs: Needs,
    run: (...known: Known<Needs>) => Promise<Found<Value>>,
  ): Promise<Value | null> {
    if (!isKnown(needs)) {
      this.#say(`– ${name}: waits for what failed above`)
      return null
    }
    try {
      const { value, says } = await run(...needs)
      this.#say(`✓ ${name}: ${says}`)
      return value
    } catch (error) {
      this.#isGood = false
      this.#say(`✗ ${name}: ${error instanceof Error ? error.message : String(error)}`)
      if (error instanceof StepError) this.#say(`  → ${error.advice}`)
      return null
    }
  }

  #say(line: string): void {
    let shown = line
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, '•••')
    this.#print(shown)
  }
}

function isKnown<Needs extends readonly unknown[]>(
  needs: Needs | Known<Needs>,
): needs is Known<Needs> {
  return needs.every((one) => one !== null && one !== undefined)
}
