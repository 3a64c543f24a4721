// A run that failed is a failed request for a client that waits for its message as JSON.

/** Any other reason is a failure of the agent. */
const statusOfReason: Record<string, number> = {
  RUN_CANCELED: 409,
  AGENT_DELETED: 412,
  INTERNAL_ERROR: 500,
  RUN_INTERRUPTED: 503,
  OVERLOADED: 503,
  AGENT_TIMEOUT: 504,
};

const AGENT_FAILED = 502;

export function statusOfFailedAnswer(reason: string): number {
  return statusOfReason[reason] ?? AGENT_FAILED;
}

/** All statuses, with the reasons that have them. */
export const failedAnswers: { status: number; reasons: string[] }[] = [
  { status: AGENT_FAILED, reasons: ['AGENT_ERROR'] },
  ...[...Map.groupBy(Object.keys(statusOfReason), statusOfFailedAnswer)].map(([status, reasons]) => ({
    status,
    reasons,
  })),
];
