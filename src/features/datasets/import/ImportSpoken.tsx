// What a screen reader hears of an import, by one region that stays while the views change.
import { Spoken } from '../../../components/Spoken.tsx';
import { ImportsStore } from '../../../state/imports.ts';
import { spokenImport } from './spoken-import.ts';

export function ImportSpoken() {
  return <Spoken words={ImportsStore.use(spokenImport)} />;
}
