// A compute shader as data: storage slots, uniform fields and a body. Generates the declarations so that bodies stay readable.

/** Element type of a storage slot; tensors are float32 or int32, the u32 types take an int32 tensor's bits. */
export type Element = 'f32' | 'vec4f' | 'i32' | 'u32' | 'vec2u';
export type UniformType = 'i32' | 'u32' | 'f32';

export interface Slot {
  name: string;
  element: Element;
  /** The shader writes it (output or in-place). */
  writes?: boolean;
}

export interface WgslProgram {
  slots: readonly Slot[];
  /** In declaration order; four bytes each. Read in the body as `u.name`. */
  uniforms: Readonly<Record<string, UniformType>>;
  /** Threads per workgroup: x, y, z. */
  workgroup: readonly [number, number, number];
  /** Workgroup variables and functions, in front of `main`. */
  declarations?: string;
  /**
   * Body of `main`. In scope: `index` (i32, linear over x then y), `gid`, `wid` (workgroup), `lane` (i32, thread in its workgroup).
   */
  body: string;
}

export const reads = (name: string, element: Element): Slot => ({ name, element });
export const writes = (name: string, element: Element): Slot => ({ name, element, writes: true });

/** The complete WGSL text of a program. */
export function sourceOf(program: WgslProgram): string {
  const [x, y, z] = program.workgroup;
  return [
    ...program.slots.map(declareSlot),
    declareUniforms(program),
    program.declarations ?? '',
    `@compute @workgroup_size(${x}, ${y}, ${z})`,
    'fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(workgroup_id) wid: vec3u,',
    '        @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) thread: u32) {',
    '  let lane = i32(thread);',
    `  let index = i32(gid.x + gid.y * groups.x * ${x}u);`,
    program.body,
    '}',
  ].join('\n');
}

function declareSlot(slot: Slot, binding: number): string {
  const access = slot.writes ? 'read_write' : 'read';
  return `@group(0) @binding(${binding}) var<storage, ${access}> ${slot.name}: array<${slot.element}>;`;
}

function declareUniforms(program: WgslProgram): string {
  const fields = Object.entries(program.uniforms).map(([name, type]) => `${name}: ${type}`);
  if (fields.length === 0) return '';
  return `struct Uniforms { ${fields.join(', ')} };\n@group(0) @binding(${program.slots.length}) var<uniform> u: Uniforms;`;
}
