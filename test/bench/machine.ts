// What a reader needs to know about the machine: figures of a busy one are read as ratios only.
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

export interface Machine {
  date: string;
  cpu: string;
  cores: number;
  /** Runnable processes over 1, 5 and 15 minutes; above `cores`, others take time away. */
  load: string[];
  versions: Record<string, string>;
}

const PACKAGES = ['@tensorflow/tfjs-core', '@jax-js/jax'];

function versionOf(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}

export function machine(): Machine {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    cpu: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    load: loadavg().map((value) => value.toFixed(1)),
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}
