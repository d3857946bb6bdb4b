// What one tab tells the others while it works. Nothing is kept: a tab that opens later hears the next message.

export interface TabChannel<Message> {
  /** Tells all other tabs of this app. */
  post: (message: Message) => void;
}

/** @param onMessage what another tab posted; never this tab's own messages */
export function openTabChannel<Message>(name: string, onMessage: (message: Message) => void): TabChannel<Message> {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event: MessageEvent<Message>) => onMessage(event.data));
  return { post: (message) => channel.postMessage(message) };
}
