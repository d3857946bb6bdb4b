// Builds the AssemblyScript SIMD kernels: one plain and one relaxed-SIMD binary from one source. Skips when up to date.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SIMD = fileURLToPath(new URL('../ml/kernels/simd/', import.meta.url));
const SOURCES = join(SIMD, 'assembly');
export const KERNEL_BINARIES = { plain: join(SIMD, 'build/kernels.wasm'), relaxed: join(SIMD, 'build/kernels-relaxed.wasm') };

const newest = (dir: string): number => Math.max(0, ...readdirSync(dir).map((f) => statSync(join(dir, f)).mtimeMs));

/** @throws when the AssemblyScript compiler reports an error */
export function buildKernels(): void {
  if (!existsSync(join(SOURCES, 'index.ts'))) return;
  const stamp = newest(SOURCES);
  const fresh = (file: string) => existsSync(file) && statSync(file).mtimeMs >= stamp;
  if (Object.values(KERNEL_BINARIES).every(fresh)) return;
  mkdirSync(join(SIMD, 'build'), { recursive: true });
  const asc = join(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js');
  for (const [variant, out] of Object.entries(KERNEL_BINARIES)) {
    const features = ['--enable', 'simd', '--enable', 'threads', ...(variant === 'relaxed' ? ['--enable', 'relaxed-simd'] : [])];
    const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '32768'];
    // Written aside and renamed: another process may be reading or building the same file.
    const aside = join(SIMD, `build/${variant}-${process.pid}.wasm`);
    execFileSync(
      process.execPath,
      [asc, join(SOURCES, 'index.ts'), '-O3', '--noAssert', '--runtime', 'stub', ...memory, ...features, '--use', 'abort=', '-o', aside],
      { stdio: 'inherit' },
    );
    renameSync(aside, out);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildKernels();
