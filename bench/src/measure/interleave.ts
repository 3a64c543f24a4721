/**
 * Measures every contestant in every round, so that a temporary disturbance of the machine affects all of them. Each round starts
 * with another contestant, since the first one runs after a pause.
 * @param isEnough ends the rounds of a contestant early
 */
export async function interleave<Contestant extends { name: string }, Result>(
  contestants: readonly Contestant[],
  rounds: number,
  measure: (contestant: Contestant, round: number) => Promise<Result>,
  isEnough: (results: readonly Result[]) => boolean = () => false,
): Promise<ReadonlyMap<string, readonly Result[]>> {
  const results = new Map<string, Result[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const start = round % contestants.length;
    for (const contestant of [...contestants.slice(start), ...contestants.slice(0, start)]) {
      const ofContestant = results.get(contestant.name) ?? [];
      if (!isEnough(ofContestant)) ofContestant.push(await measure(contestant, round));
    }
  }
  return results;
}
