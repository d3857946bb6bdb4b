// The engine in figures: what computes and what the graphics adapter offers, each with a way to mend what is missing.
import type { ReactNode } from 'react';
import { formatBytes, formatCount } from '../../components/format.ts';
import type { EngineStatus } from '../../shared/engine-api.ts';
import styles from './DevicePage.module.css';

/** Reason, backend, threads, and what the graphics adapter offers. */
export function EngineFacts({ status }: { status: EngineStatus }) {
  const { backend, adapter, threads, crossOriginIsolated, relaxedSimd, shaderF16, reason } = status;
  return (
    <>
      <p>{reason}</p>
      <dl className={styles.facts}>
        <Fact name="Backend">{backend === 'webgpu' ? 'WebGPU' : 'CPU with SIMD kernels'}</Fact>
        <Fact name={backend === 'webgpu' ? 'Adapter' : 'Processor'}>{adapter}</Fact>
        <Fact
          name="Threads"
          fix={
            threads > 1 || crossOriginIsolated
              ? undefined
              : 'The server must send the isolation headers (COOP, COEP) for more than one thread.'
          }
        >
          {threads}
        </Fact>
        <Fact
          name="Cross-origin isolated"
          ok={crossOriginIsolated}
          fix={crossOriginIsolated ? undefined : 'Serve the page with npm start, which sends the headers.'}
        />
        {backend === 'simd' ? (
          <Fact
            name="Relaxed SIMD"
            ok={relaxedSimd}
            fix={relaxedSimd ? undefined : 'A newer browser version has it; everything works without.'}
          />
        ) : (
          <Fact name="16-bit shaders" ok={shaderF16} fix={shaderF16 ? undefined : 'This adapter has none; everything works in 32 bits.'} />
        )}
        <GraphicsFacts status={status} />
      </dl>
    </>
  );
}

/** Also where the CPU computes: it is what a change of engine would bring. */
function GraphicsFacts({ status: { gpu, backend, fallbackAdapter, shaderF16 } }: { status: EngineStatus }) {
  if (!gpu)
    return (
      <Fact name="WebGPU adapter" fix="In Chrome, switch on graphics acceleration in the settings under System, then restart it.">
        none found
      </Fact>
    );
  const { adapter, timestampQuery, maxBufferSize, maxStorageBufferBindingSize } = gpu;
  return (
    <>
      {backend === 'webgpu' ? null : <Fact name="WebGPU adapter">{`${adapter}${fallbackAdapter ? ' (software)' : ''}`}</Fact>}
      {backend === 'webgpu' ? null : <Fact name="16-bit shaders" ok={shaderF16} />}
      <Fact
        name="Timestamp query"
        ok={timestampQuery}
        fix={timestampQuery ? undefined : 'Single passes cannot be timed on this adapter; nothing else needs it.'}
      />
      <Fact name="Largest buffer">
        {formatBytes(maxBufferSize)}, {formatBytes(maxStorageBufferBindingSize)} in one binding
      </Fact>
      <Fact name="Workgroup">
        {formatBytes(gpu.maxComputeWorkgroupStorageSize)} shared, {formatCount(gpu.maxComputeInvocationsPerWorkgroup)} invocations
      </Fact>
    </>
  );
}

function Fact({ name, ok, fix, children }: { name: string; ok?: boolean; fix?: string; children?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {ok === undefined ? children : ok ? 'yes' : 'no'}
        {fix ? <span className={styles.fix}>{fix}</span> : null}
      </dd>
    </div>
  );
}
