// Memory and processor time of Chromium's processes, read from /proc. Linux only: elsewhere all figures are 0.
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

const TICKS_PER_SECOND = 100;
const LOOK_EVERY_MS = 500;

/** Of all pages that lie in memory, and of those that are the process's own: neither code nor shared with others. */
interface Residence {
  residentBytes: number;
  ownBytes: number;
}

/** 0 where there is no such process. */
async function residence(pid: number): Promise<Residence> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const bytesOf = (line: RegExp) => 1024 * Number(line.exec(status)?.[1] ?? 0);
  return { residentBytes: bytesOf(/^VmRSS:\s+(\d+) kB/m), ownBytes: bytesOf(/^RssAnon:\s+(\d+) kB/m) };
}

/** User and system time since its start. */
async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (1000 * (Number(fields[11] ?? 0) + Number(fields[12] ?? 0))) / TICKS_PER_SECOND;
}

export interface ProcessFigures {
  /** Resident size at the start, the most of it until now, and now. */
  startBytes: number;
  peakBytes: number;
  endBytes: number;
  /** Its own part of what is resident now. */
  ownBytes: number;
  processorMs: number;
}

/** What two processes took since the meter was started. */
export interface MeterReading {
  /** Page and workers together. */
  renderer: ProcessFigures;
  /** Keeps handles, blobs and the database. */
  browser: ProcessFigures;
}

export interface ProcessMeter {
  read: () => Promise<MeterReading>;
  stop: () => void;
}

class Watch {
  #startBytes = 0;
  #peakBytes = 0;
  #startMs = 0;

  constructor(private readonly pid: number) {}

  async begin(): Promise<this> {
    this.#startMs = await processorMs(this.pid);
    this.#startBytes = (await this.look()).residentBytes;
    return this;
  }

  async look(): Promise<Residence> {
    const now = await residence(this.pid);
    this.#peakBytes = Math.max(this.#peakBytes, now.residentBytes);
    return now;
  }

  async read(): Promise<ProcessFigures> {
    const { residentBytes: endBytes, ownBytes } = await this.look();
    return {
      startBytes: this.#startBytes,
      peakBytes: this.#peakBytes,
      endBytes,
      ownBytes,
      processorMs: (await processorMs(this.pid)) - this.#startMs,
    };
  }
}

/** Watches the browser's own process and its largest renderer, twice a second. */
export async function startProcessMeter(browser: Browser): Promise<ProcessMeter> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pids = (type: string) => processInfo.filter((one) => one.type === type).map(({ id }) => id);
  const renderers = pids('renderer');
  const sizes = await Promise.all(renderers.map(async (pid) => (await residence(pid)).residentBytes));
  const renderer = await new Watch(renderers[sizes.indexOf(Math.max(...sizes))] ?? 0).begin();
  const main = await new Watch(pids('browser')[0] ?? 0).begin();
  const timer = setInterval(() => void Promise.all([renderer.look(), main.look()]), LOOK_EVERY_MS);
  return {
    read: async () => ({ renderer: await renderer.read(), browser: await main.read() }),
    stop: () => clearInterval(timer),
  };
}
