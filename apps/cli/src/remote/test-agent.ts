// `parley agent test`: calls an agent once and reports its answer.
import type { RouterOutputs } from '@parley/client';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { printResult } from '../print-result.ts';
import { chooseAgent } from './choose-agent.ts';
import { connect, type ConnectOptions } from './connect.ts';

type AgentReport = RouterOutputs['agent']['test'];

/** @returns whether the test passed */
export async function runAgentTest(
  name: string,
  options: ConnectOptions & OutputOptions & { message?: string },
  context: CommandContext,
): Promise<boolean> {
  const { terminal, signal } = context;
  const { client, close } = await connect(options, context);
  try {
    const agent = await chooseAgent(client, name, signal);
    terminal.note(`Calling ${agent.name}. This takes until the agent has answered. Ctrl-C stops the test.`);
    const { message } = options;
    const report = await client.agent.test.mutate(
      { id: agent.id, ...(message !== undefined && { message }) },
      { signal },
    );
    printResult(terminal, options, report, describeReport(report));
    return report.isOk;
  } finally {
    await close();
  }
}

function describeReport(report: AgentReport): string {
  const { isOk, summary, warnings, text, textChars, error, status, mode } = report;
  return [
    isOk ? `ok: ${summary}` : `failed: ${summary}`,
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(error === null ? [] : [`reason: ${error.reason}`]),
    ...(status === null ? [] : [`status: ${status}`]),
    ...(mode === null ? [] : [`mode: ${mode}`]),
    ...(text === '' ? [] : [`answer (${textChars} characters): ${text}`]),
  ].join('\n');
}
