// Requests to other hosts, as the browser itself sees them: sent ones by resource timing, stopped ones by the content security
// policy. Each thread sees its own; workers tell the page.

/** A request that left, or would have left, for another host. */
export interface ForeignRequest {
  host: string;
  /** The policy stopped it: nothing was sent. */
  blocked: boolean;
  /** Which thread made it. */
  from: string;
}

const CHANNEL_NAME = 'prpo-workbench-network';

/** A network address of another origin; blob: and data: stay inside the page. */
export function isForeign(address: string, origin: string): boolean {
  const url = new URL(address, origin);
  return /^(https?|wss?):$/.test(url.protocol) && url.origin.replace(/^ws/, 'http') !== origin;
}

/** Reports every foreign request of this thread, earlier ones too. Returns the function that ends it. */
export function watchForeignRequests(from: string, report: (request: ForeignRequest) => void): () => void {
  const { origin } = globalThis.location;
  const stopped = new Set<string>();
  const tell = (address: string, blocked: boolean) => report({ host: new URL(address, origin).host, blocked, from });
  const onViolation = (event: Event) => {
    if (!(event instanceof SecurityPolicyViolationEvent)) return;
    const { blockedURI, disposition } = event;
    if (disposition !== 'enforce' || !URL.canParse(blockedURI) || !isForeign(blockedURI, origin)) return;
    stopped.add(blockedURI);
    tell(blockedURI, true);
  };
  const observer = new PerformanceObserver((list) => {
    // A stopped request may have an entry too; it was counted where the policy told of it.
    for (const { name } of list.getEntries()) if (isForeign(name, origin) && !stopped.has(name)) tell(name, false);
  });
  addEventListener('securitypolicyviolation', onViolation);
  observer.observe({ type: 'resource', buffered: true });
  return () => {
    removeEventListener('securitypolicyviolation', onViolation);
    observer.disconnect();
  };
}

/** A worker's part: what it sees goes to the page. */
export function announceForeignRequests(from: string): void {
  const channel = new BroadcastChannel(CHANNEL_NAME);
  watchForeignRequests(from, (request) => channel.postMessage(request));
}

/** The page's part: what its workers saw. Returns the unsubscribe function. */
export function onAnnouncedRequest(listener: (request: ForeignRequest) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL_NAME);
  channel.addEventListener('message', (event: MessageEvent<ForeignRequest>) => listener(event.data));
  return () => channel.close();
}
