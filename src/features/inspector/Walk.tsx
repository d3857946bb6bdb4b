// From one image to the next, to its report, and its address to the clipboard.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconFileText, IconLink } from '@tabler/icons-react';
import { Link } from 'react-router';
import { currentAddress } from '../../components/address.ts';
import type { DatasetRecord } from '../../shared/domain/sample.ts';
import { NoticesStore } from '../../state/notices.ts';
import { PRIVATE_CASE_ID } from '../../state/private-case.ts';
import { datasetNeed } from './address.ts';
import type { Neighbours } from './use-sample.ts';
import styles from './Inspector.module.css';

/** Puts the address of the view on the clipboard, with what it needs named in it. */
function CopyLink({ dataset }: { dataset: DatasetRecord | null }) {
  const notices = NoticesStore.useApi();
  const copy = async () => {
    const { route, params } = currentAddress();
    if (dataset) params.set('needs', datasetNeed(dataset));
    await navigator.clipboard.writeText(`${location.origin}${location.pathname}${route}?${params}`);
    notices.getState().tell('The link is copied. It works in any browser that holds the same dataset.');
  };
  return (
    <ActionIcon
      variant="default"
      size={30}
      aria-label="Copy a link to this view"
      title="Copy a link to this view"
      onClick={() => void copy().catch((error: unknown) => notices.getState().raise(error))}
    >
      <IconLink size={16} aria-hidden />
    </ActionIcon>
  );
}

interface WalkProps {
  neighbours: Neighbours;
  onGo: (id: string | null) => void;
  report: string;
  dataset: DatasetRecord | null;
}

/** Copy link, report, and the neighbours in the gallery’s order. */
export function Walk({ neighbours, onGo, report, dataset }: WalkProps) {
  const { previous, next, position, total, isFiltered } = neighbours;
  return (
    <div className={styles.walk}>
      <span className={styles.position}>{position > 0 ? `${position} of ${total}${isFiltered ? ' in the filter' : ''}` : ''}</span>
      {dataset?.id === PRIVATE_CASE_ID ? null : <CopyLink dataset={dataset} />}
      <Button component={Link} to={report} variant="default" leftSection={<IconFileText size={15} aria-hidden />} data-testid="open-report">
        Report
      </Button>
      <Button
        variant="default"
        data-testid="inspect-previous"
        disabled={!previous}
        onClick={() => onGo(previous)}
        leftSection={<IconArrowLeft size={15} aria-hidden />}
        title="k or ←"
      >
        Previous
      </Button>
      <Button
        variant="default"
        data-testid="inspect-next"
        disabled={!next}
        onClick={() => onGo(next)}
        rightSection={<IconArrowRight size={15} aria-hidden />}
        title="j or →"
      >
        Next
      </Button>
    </div>
  );
}
