// Messages between the run and a peer's host: one process (Node) or worker (browser) per peer.
import type { Case } from '../cases.ts';
import type { PeerSpec } from '../peers/peer.ts';
import type { GpuCounts } from './gpu-meter.ts';

export type Request =
  | { kind: 'open'; spec: PeerSpec }
  | { kind: 'prepare'; work: Case['work'] }
  | { kind: 'verify' }
  | { kind: 'run' }
  | { kind: 'release' }
  | { kind: 'adapter-speed' }
  | { kind: 'endurance'; steps: number };

/** One timed run of a work. */
export interface Timing {
  ms: number;
  /** Processor time of all threads; Node only. Hardly depends on what else the machine does. */
  processorMs?: number;
  loss?: number;
  phaseMs?: Record<string, number>;
  /** WebGPU only. */
  gpu?: GpuCounts;
  peakBytes?: number;
}

export interface PeerInfo {
  description: string;
  realGpu: boolean;
}

/** Attainable speeds of an adapter, measured. */
export interface AdapterSpeed {
  bytesPerSecond: number;
  flopPerSecond: number;
  dispatchSeconds: number;
}

/** Memory after some of many steps with varying lengths. */
export interface EnduranceRow {
  step: number;
  tensors: number;
  liveBytes: number;
  /** Idle memory included. */
  reservedBytes: number;
}

export interface Results {
  open: PeerInfo;
  prepare: null;
  verify: number[] | null;
  run: Timing;
  release: null;
  'adapter-speed': AdapterSpeed;
  endurance: EnduranceRow[];
}

export interface Call {
  id: number;
  request: Request;
}

export type Reply = { id: number; result: Results[keyof Results] } | { id: number; error: string };
