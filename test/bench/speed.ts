// The speed comparison: one group of peers per backend of the project, case by case.
import { benchCases, type Case } from './cases.ts';
import { figuresOf, type Figures } from './figures.ts';
import { HostClient, type Launcher } from './hosts/host-client.ts';
import type { AdapterSpeed, PeerInfo } from './hosts/protocol.ts';
import { machine } from './machine.ts';
import { measureCase, type CaseResult, type Limits, type OpenPeer } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { PeerSpec } from './peers/peer.ts';
import { referenceLogits, referenceTokens } from './reference.ts';
import { caseText } from './report.ts';

/** The first of a group is the subject, which the others are compared with. */
const GROUPS: Record<'simd' | 'webgpu', PeerSpec[]> = {
  simd: [
    { id: 'workbench simd', library: 'workbench', backend: 'simd' },
    { id: 'workbench simd, 1 thread', library: 'workbench', backend: 'simd', threads: 1 },
    { id: 'tfjs wasm', library: 'tfjs', backend: 'wasm' },
    { id: 'jax-js wasm', library: 'jax', backend: 'wasm' },
    { id: 'tfjs plain ops on simd', library: 'tfjs', backend: 'simd' },
  ],
  webgpu: [
    { id: 'workbench webgpu', library: 'workbench', backend: 'webgpu' },
    { id: 'tfjs webgpu', library: 'tfjs', backend: 'webgpu' },
    { id: 'jax-js webgpu', library: 'jax', backend: 'webgpu' },
    { id: 'workbench simd', library: 'workbench', backend: 'simd' },
  ],
};

/** What was measured on one backend of the project. */
interface GroupResult {
  backend: 'simd' | 'webgpu';
  peers: { id: string; description: string }[];
  /** Null on a software adapter: it says nothing about a GPU. */
  adapterSpeed: AdapterSpeed | null;
  cases: { id: string; title: string; load: string[]; figures: Figures[]; raw: CaseResult }[];
}

export async function measureSpeed(launcher: Launcher, options: BenchOptions): Promise<{ place: string; groups: GroupResult[] }> {
  const groups: GroupResult[] = [];
  // Each backend has its own share: a slow one must not use up the next one's time.
  const shareMs = (options.minutes * 60_000) / options.backends.length;
  for (const backend of options.backends) groups.push(await measureGroup(launcher, backend, options, shareMs));
  return { place: launcher.description, groups };
}

function limitsOf({ rounds, ...options }: BenchOptions): Limits {
  const limits = limitsForTime(options);
  return rounds === null ? limits : { ...limits, maxRounds: rounds, caseMs: Infinity };
}

function limitsForTime({ quick, full }: Pick<BenchOptions, 'quick' | 'full'>): Limits {
  if (full) return { maxRounds: 5, caseMs: 60_000, slowMs: 120_000, callMs: 300_000 };
  if (quick) return { maxRounds: 3, caseMs: 2000, slowMs: 4000, callMs: 12_000 };
  return { maxRounds: 9, caseMs: 10_000, slowMs: 12_000, callMs: 60_000 };
}

async function measureGroup(launcher: Launcher, backend: 'simd' | 'webgpu', options: BenchOptions, shareMs: number): Promise<GroupResult> {
  const limits = limitsOf(options);
  console.log(`\n=== ${backend} ===`);
  const { peers, realGpu } = await openPeers(launcher, GROUPS[backend], limits);
  const small = backend === 'webgpu' && !realGpu && !options.full;
  for (const { spec, description } of peers) console.log(`  ${spec.id}: ${description}`);
  if (backend === 'webgpu' && !realGpu) console.log(small ? `${SOFTWARE_NOTE} Sizes are reduced.` : SOFTWARE_NOTE);
  const adapterSpeed = realGpu ? await adapterSpeedOf(peers, limits) : null;
  const result: GroupResult = {
    backend,
    peers: peers.map(({ spec, description }) => ({ id: spec.id, description })),
    adapterSpeed,
    cases: [],
  };
  const deadline = performance.now() + shareMs;
  for (const one of benchCases({ small, quick: options.quick }).filter(({ id }) => id.includes(options.only))) {
    if (performance.now() > deadline) console.log(`\n${one.title}\n  not measured: the time of this run was used up (--minutes)`);
    else {
      await reopenClosed(launcher, peers, limits);
      result.cases.push(await reportCase(one, peers, GROUPS[backend][0]?.id ?? '', adapterSpeed, limits));
    }
  }
  await Promise.all(peers.map(({ host }) => host.close()));
  return result;
}

const SOFTWARE_NOTE =
  '  A software adapter: these times say nothing about a GPU, and the order may change there. Dispatches, submits and passes hold anywhere.';

async function reportCase(
  one: Case,
  peers: OpenPeer[],
  subject: string,
  speed: AdapterSpeed | null,
  limits: Limits,
): Promise<GroupResult['cases'][number]> {
  const { load } = machine();
  const raw = await measureCase(one, peersFor(one, peers), expectedOf(one), limits);
  const figures = figuresOf(raw, subject, speed);
  console.log(caseText(`${one.title} (load ${load[0]})`, figures));
  return { id: one.id, title: one.title, load, figures, raw };
}

/** No peer does a PRPO step; saying so once is enough. */
function peersFor(one: Case, peers: OpenPeer[]): OpenPeer[] {
  return one.work.kind === 'prpo' ? peers.filter(({ spec }) => spec.library === 'workbench') : peers;
}

function expectedOf({ work }: Case): number[] | null {
  if (work.kind === 'decode') return referenceLogits(work.rows);
  return work.kind === 'convnext' ? referenceTokens() : null;
}

async function openPeers(launcher: Launcher, specs: PeerSpec[], limits: Limits): Promise<{ peers: OpenPeer[]; realGpu: boolean }> {
  const peers: OpenPeer[] = [];
  let anyGpu = false;
  for (const spec of specs) {
    try {
      const { host, description, realGpu } = await openPeer(launcher, spec, limits);
      anyGpu ||= realGpu;
      peers.push({ spec, host, description });
    } catch (error) {
      console.log(`  ${spec.id}: not measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { peers, realGpu: anyGpu };
}

async function openPeer(launcher: Launcher, spec: PeerSpec, limits: Limits): Promise<PeerInfo & { host: HostClient }> {
  const host = new HostClient(await launcher.launch());
  try {
    return { host, ...(await host.open(spec, limits.callMs)) };
  } catch (error) {
    await host.close();
    throw error;
  }
}

/** Starts peers again that were ended because they gave no answer. */
async function reopenClosed(launcher: Launcher, peers: OpenPeer[], limits: Limits): Promise<void> {
  for (const peer of peers.filter(({ host }) => host.closed)) {
    try {
      peer.host = (await openPeer(launcher, peer.spec, limits)).host;
    } catch (error) {
      console.error(`${peer.spec.id} did not start again: ${String(error)}`); // it stays closed, which its row says
    }
  }
}

async function adapterSpeedOf(peers: OpenPeer[], limits: Limits): Promise<AdapterSpeed | null> {
  const subject = peers.find(({ spec }) => spec.library === 'workbench' && spec.backend === 'webgpu');
  if (!subject) return null;
  const speed = await subject.host.adapterSpeed(limits.callMs);
  console.log(
    `  measured: copy ${(speed.bytesPerSecond / 1e9).toFixed(0)} GB/s, product ${(speed.flopPerSecond / 1e9).toFixed(0)} GFLOP/s, dispatch ${(speed.dispatchSeconds * 1e6).toFixed(1)} us`,
  );
  return speed;
}
