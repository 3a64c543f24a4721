// Profiles the CPU time of a process with V8's sampling profiler, and adds up the samples by package and by function.
import { writeFile } from 'node:fs/promises';
import { Session, type Profiler } from 'node:inspector/promises';

export interface ProfileShares {
  /** Shares of the busy time, the largest first. */
  byOwner: { owner: string; share: number }[];
  byFunction: { function: string; share: number }[];
}

type Frame = Profiler.Profile['nodes'][number]['callFrame'];

const SAMPLING_INTERVAL_US = 500;
const TOP_FUNCTIONS = 25;

/** The commands by which the process of a server profiles itself. */
export const profileCommands = {
  async startProfile(): Promise<void> {
    stop = await startProfile();
  },
  async stopProfile(file: string): Promise<ProfileShares> {
    if (stop === undefined) throw new Error('No profile was started.');
    return stop(file);
  },
};

export type ProfileCommands = typeof profileCommands;

let stop: ((file: string) => Promise<ProfileShares>) | undefined;

/** Samples this process until the returned function is called, which writes the whole profile to `file`. */
async function startProfile(): Promise<(file: string) => Promise<ProfileShares>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await session.post('Profiler.start');
  return async (file) => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    await writeFile(file, JSON.stringify(profile));
    return sharesOf(profile);
  };
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfileShares {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const owners = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    const us = timeDeltas[index] ?? 0;
    if (frame === undefined || isOutside(frame)) continue;
    total += us;
    add(owners, ownerOf(frame), us);
    add(functions, describe(frame), us);
  }
  return {
    byOwner: ranked(owners, total).map(([owner, share]) => ({ owner, share })),
    byFunction: ranked(functions, total)
      .slice(0, TOP_FUNCTIONS)
      .map(([name, share]) => ({ function: name, share })),
  };
}

/** Whether the process was idle, or busy with the profiler. */
function isOutside({ functionName, url }: Frame): boolean {
  return functionName === '(idle)' || url === 'node:inspector';
}

function add(sums: Map<string, number>, key: string, us: number): void {
  sums.set(key, (sums.get(key) ?? 0) + us);
}

function ranked(sums: Map<string, number>, total: number): [string, number][] {
  return [...sums].map(([key, us]): [string, number] => [key, us / total]).toSorted((a, b) => b[1] - a[1]);
}

/** The owner of the code: a workspace package, an npm package, a part of Node, or V8. */
function ownerOf({ url, functionName }: Frame): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return 'native code and system calls';
  if (url.startsWith('wasm:')) return 'WebAssembly (PGlite)';
  const npmPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (npmPackage !== undefined) return npmPackage;
  const workspace = /\/(?:packages|apps)\/([^/]+)\//.exec(url)?.[1];
  if (workspace !== undefined) return `@parley/${workspace}`;
  if (/^node:(_http|net$|internal\/http)/.test(url)) return 'node:http and node:net';
  if (/^node:(internal\/streams|stream)/.test(url)) return 'node:stream';
  if (url.startsWith('node:internal/webstreams')) return 'Web streams';
  if (/^node:(internal\/)?(process|timers|async_hooks|promise)/.test(url)) return 'node: timers and ticks';
  return url.startsWith('node:') ? 'node: the rest' : 'the benchmark itself';
}

function describe({ url, functionName, lineNumber }: Frame): string {
  const file = url.replace(/.*\/(node_modules|packages|apps|bench)\//, '');
  return `${functionName || '(anonymous)'} ${file}${url === '' ? '' : `:${lineNumber + 1}`}`;
}
