// The project itself: its models, optimizer and trainers on `simd` or `webgpu`.
import { memory } from '@tensorflow/tfjs-core';
import type { SimdEngine } from '../../../workers/ml/backends/simd/engine.ts';
import type { Case } from '../cases.ts';
import type { Platform } from '../hosts/platform.ts';
import type { Peer, PeerSpec, PreparedWork } from './peer.ts';
import { prepareDecode, prepareTraining } from './workbench-decoder.ts';
import { preparePolicyStep } from './workbench-policy.ts';
import { prepareTrunk, prepareTrunkTraining } from './workbench-trunk.ts';

export async function openWorkbench(spec: PeerSpec, platform: Platform): Promise<Peer> {
  return spec.backend === 'simd' ? openSimd(spec, platform) : openWebgpu(platform);
}

async function openSimd({ threads }: PeerSpec, platform: Platform): Promise<Peer> {
  const engine = await platform.loadSimd(threads);
  return {
    description: `threads: ${engine.threads}${engine.threads > 1 ? ', chosen while running' : ''}`,
    realGpu: false,
    prepare,
    takePeakBytes: watchPeak(engine),
    memory: () => ({ tensors: memory().numTensors, ...engine.stats }),
  };
}

async function openWebgpu(platform: Platform): Promise<Peer> {
  const { adapter, runner } = await platform.loadWebgpu();
  return {
    description: adapter.description,
    realGpu: !adapter.fallback,
    prepare,
    memory: () => {
      const { usedBytes, allocatedBytes } = runner.poolBytes();
      return { tensors: memory().numTensors, liveBytes: usedBytes, reservedBytes: allocatedBytes };
    },
    trim: () => runner.trim(),
  };
}

/** The heap knows what is live now; the most since the last call is noted here at each allocation. */
function watchPeak({ heap }: SimdEngine): () => number {
  let peak = heap.liveBytes;
  const allocate = heap.allocate.bind(heap);
  heap.allocate = (bytes) => {
    const pointer = allocate(bytes);
    peak = Math.max(peak, heap.liveBytes);
    return pointer;
  };
  return () => {
    const most = peak;
    peak = heap.liveBytes;
    return most;
  };
}

function prepare(work: Case['work']): Promise<PreparedWork> {
  switch (work.kind) {
    case 'decode':
      return Promise.resolve(prepareDecode(work.rows, work.tokens));
    case 'train':
      return Promise.resolve(prepareTraining(work.rows, work.tokens));
    case 'convnext':
      return Promise.resolve(prepareTrunk(work.batch));
    case 'convnext-train':
      return Promise.resolve(prepareTrunkTraining(work.batch));
    case 'prpo':
      return preparePolicyStep();
  }
}
