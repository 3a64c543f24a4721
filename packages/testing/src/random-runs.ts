/** How many random inputs a property test draws: all with `CI` set, elsewhere a twentieth. Each run of the suite draws others. */
export function randomRuns(inCI: number): number {
  return process.env['CI'] === undefined ? Math.ceil(inCI / 20) : inCI;
}
