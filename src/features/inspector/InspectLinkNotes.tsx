import { LinkNotes } from '../../components/LinkNotes.tsx';
import type { StoredAnswer } from '../../state/inspection-state.ts';
import { ModelsStore } from '../../state/models.ts';
import { inspectLinkRules } from './inspect-link.ts';
import { ASKED_HERE, type Reading } from './reading.ts';
import { VIEW_NAMES } from './tabs/ForensicTab.tsx';
import { TAB_NAMES } from './tabs/ReadingTabs.tsx';
import type { InspectAddress } from './use-address.ts';
import type { ModelReading } from './use-explanation.ts';

interface InspectLinkNotesProps {
  address: InspectAddress;
  stored: readonly StoredAnswer[] | undefined;
  main: ModelReading;
  /** The answer on show. */
  reading: Reading | null;
  /** Parameters that this page reads; all where it is left out. */
  only?: readonly string[];
}

/** What the address asks for and this browser does not have. */
export function InspectLinkNotes({ address, stored, main, reading, only }: InspectLinkNotesProps) {
  const models = ModelsStore.use((state) => (state.phase === 'ready' ? state.models : null));
  const ofModel = stored?.filter(({ evaluation }) => evaluation.modelId === address.modelId) ?? [];
  const isAnswerKnown = stored !== undefined && main.isReady;
  const known = {
    models: models?.map(({ id }) => id) ?? null,
    isGpu: address.isGpu,
    answers: isAnswerKnown ? [...ofModel.map(({ evaluation }) => evaluation.id), ...(main.asked ? [ASKED_HERE] : [])] : null,
    tabs: TAB_NAMES,
    views: VIEW_NAMES,
    paragraphs: reading?.completion.paragraphs.length ?? null,
  };
  const rules = inspectLinkRules(known, address.read);
  return <LinkNotes rules={rules.filter(({ parameter }) => only?.includes(parameter) ?? true)} />;
}
