// WebGPU in Node: Dawn (package `webgpu`) on Chromium's SwiftShader unless VK_ICD_FILENAMES names another driver.
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createWebgpuBackend } from '../../workers/ml/backends/webgpu/create-backend.ts';
import type { WebgpuHandle, WebgpuOptions } from '../../workers/ml/backends/webgpu/create-backend.ts';
import { registerReferenceOps } from '../../workers/ml/kernels/register.ts';
import { registerWgslOps } from '../../workers/ml/kernels/wgsl/register.ts';

const CHROMIUM_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/chromium',
  '/usr/lib64/chromium-browser',
];
/** glibc's RTLD_NODELETE: the library stays loaded although Node refuses it as an add-on. */
const RTLD_NODELETE = 0x1000;

/**
 * Puts `navigator.gpu` and the WebGPU globals in place. Must run before anything loads Dawn; later calls do nothing.
 * Whether there is an adapter is asked afterwards (`probeAdapter`).
 */
export async function installWebgpu(): Promise<void> {
  if (globalThis.navigator?.gpu) return;
  chooseSoftwareDriver();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  // Node 20 has no navigator, later versions have one without gpu.
  if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true });
}

/**
 * Node's counterpart of the engine's start: Dawn, device, kernels, gradients. tfjs' backend is `webgpu` afterwards.
 * Without options a lost device or an uncaptured error ends the process.
 * @throws WorkbenchError E-NO-GPU when Dawn finds no driver
 */
export async function loadWebgpuNode(options: Partial<WebgpuOptions> = {}): Promise<WebgpuHandle> {
  await installWebgpu();
  const rethrow = (error: Error): never => {
    throw error;
  };
  registerReferenceOps();
  registerWgslOps();
  return createWebgpuBackend({ onLost: rethrow, onError: rethrow, ...options });
}

/** Chromium brings a Vulkan loader and SwiftShader; a machine without Vulkan packages needs nothing else. */
function chooseSoftwareDriver(): void {
  if (process.env.VK_ICD_FILENAMES) return;
  const folder = CHROMIUM_FOLDERS.find((path) => existsSync(join(path, 'vk_swiftshader_icd.json')));
  if (!folder) return;
  process.env.VK_ICD_FILENAMES = join(folder, 'vk_swiftshader_icd.json');
  preload(join(folder, 'libvulkan.so.1'));
}

/**
 * Loads Chromium's Vulkan loader so that Dawn's own dlopen("libvulkan.so.1") finds it by name; LD_LIBRARY_PATH would have
 * to be set before Node starts.
 */
function preload(library: string): void {
  if (process.platform !== 'linux' || !existsSync(library)) return;
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    const expected = error instanceof Error && error.message.includes('did not self-register');
    if (!expected) throw error;
  }
}
