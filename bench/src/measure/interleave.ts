/**
 * Measures everybody in every round, so that what disturbs the machine for a while disturbs all of them; each round
 * begins with another one, since the first is the first after a pause.
 * @param isEnough ends the rounds of one of them early
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
