// Checks the workflows of examples/n8n without n8n: they are complete and use the fields that Parley sends.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const dir = path.resolve(import.meta.dirname, '../../../examples/n8n');

interface WorkflowNode {
  id: string;
  name: string;
  type: string;
  typeVersion: number;
  webhookId?: string;
  parameters: Record<string, unknown>;
  credentials?: unknown;
}

interface Workflow {
  id: string;
  name: string;
  active: boolean;
  nodes: WorkflowNode[];
  connections: Record<string, Record<string, { node: string; type: string }[][]>>;
}

const workflows = readdirSync(dir)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const workflow: Workflow = JSON.parse(readFileSync(path.join(dir, file), 'utf8'));
    return { file, workflow };
  });

/** Versions that n8n 2.41 knows. It would not know the parameters of a newer version. */
const versions: Record<string, number> = {
  'n8n-nodes-base.webhook': 2.1,
  'n8n-nodes-base.respondToWebhook': 1.5,
  'n8n-nodes-base.set': 3.4,
  'n8n-nodes-base.stickyNote': 1,
  '@n8n/n8n-nodes-langchain.agent': 3.1,
  '@n8n/n8n-nodes-langchain.chatTrigger': 1.5,
  '@n8n/n8n-nodes-langchain.lmChatOpenAi': 1.3,
  '@n8n/n8n-nodes-langchain.memoryBufferWindow': 1.4,
};

const isTrigger = ({ type }: WorkflowNode) => /\.(?:webhook|chatTrigger)$/.test(type);

test('there are five example workflows, each with a line in the README', () => {
  const readme = readFileSync(path.join(dir, 'README.md'), 'utf8');
  expect(workflows).toHaveLength(5);
  for (const { file } of workflows) expect(readme).toContain(`| [${file}](${file})`);
});

test('no two example workflows share an id, a name or an address', () => {
  const seen = workflows.flatMap(({ workflow: { id, name, nodes } }) => [
    id,
    name,
    ...nodes.filter(isTrigger).flatMap((node) => [node.webhookId, node.parameters['path'] ?? node.id]),
  ]);
  expect(new Set(seen).size).toBe(seen.length);
});

describe.each(workflows)('$file', ({ workflow }) => {
  const { nodes, connections } = workflow;
  const names = nodes.map((node) => node.name);
  const text = JSON.stringify(workflow);

  test('has nodes and versions that n8n 2.41 knows, and connections between existing nodes', () => {
    for (const node of nodes) expect([node.name, node.typeVersion]).toEqual([node.name, versions[node.type]]);
    expect(new Set(names).size).toBe(names.length);
    for (const [from, outputs] of Object.entries(connections)) {
      expect(names).toContain(from);
      for (const target of Object.values(outputs).flat(2)) expect(names).toContain(target.node);
    }
  });

  test('has one trigger that accepts a POST, and a note that says what to set', () => {
    const [trigger, ...more] = nodes.filter(isTrigger);
    expect(more).toEqual([]);
    expect(trigger?.webhookId).toMatch(/^[\da-f-]{36}$/);
    if (trigger?.type.endsWith('.webhook')) expect(trigger.parameters['httpMethod']).toBe('POST');
    else expect(trigger?.parameters['public']).toBe(true);
    const note = nodes.find(({ type }) => type.endsWith('.stickyNote'));
    expect(note?.parameters['content']).toMatch(/give Parley the .*URL/s);
  });

  test('streams exactly if its trigger streams', () => {
    const isStreaming = text.includes('"responseMode":"streaming"');
    const agent = nodes.find(({ type }) => type.endsWith('.agent'));
    const options = agent?.parameters['options'];
    if (agent !== undefined) expect(options).toMatchObject({ enableStreaming: isStreaming });
    expect(text.includes('.respondToWebhook"')).toBe(text.includes('"responseMode":"responseNode"'));
  });

  test('reads the fields that Parley sends, and contains no credential', () => {
    const isChat = nodes.some(({ type }) => type.endsWith('.chatTrigger'));
    if (!isChat) expect(text).toContain('$json.body.chatInput');
    expect(nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
    expect(text).not.toMatch(/sk-|127\.0\.0\.1|pinData":\{"/);
    expect(workflow.active).toBe(false);
  });
});
