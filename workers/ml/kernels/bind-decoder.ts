// The decoder of the current backend: its own where it has registered one, else composed of the ops of this folder.
import { ComposedDecoder } from './composed-decoder.ts';
import { ownDecoder, type BindDecoder } from './decode-step.ts';

/** Owned by the caller; it may not outlive the caches. */
export const bindDecoder: BindDecoder = (model, caches) => ownDecoder()?.(model, caches) ?? new ComposedDecoder(model, caches);
