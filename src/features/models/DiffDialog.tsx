// How far two models lie apart: per tensor the norm of the change and its largest number.
import { Button, Modal, Progress } from '@mantine/core';
import { useState } from 'react';
import { formatCount, formatPercent, formatPlural, formatValue } from '../../components/format.ts';
import { ModelSelect } from '../../components/ModelSelect.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import type { ModelDifference } from '../../shared/data-api.ts';
import { ExchangeStore } from '../../state/exchange.ts';
import type { ModelEntry } from '../../state/models.ts';
import styles from './ModelsPage.module.css';
import { NameLists } from './NameLists.tsx';

const SHOWN = 200;

function DifferenceView({ difference: { changed, same, onlyA, onlyB, shapeClashes } }: { difference: ModelDifference }) {
  const lists: [string, string[]][] = [
    ['Only in the first', onlyA],
    ['Only in the second', onlyB],
    ['Other shape', shapeClashes.map(({ name, a, b }) => `${name}: [${a.join(', ')}] and [${b.join(', ')}]`)],
  ];
  return (
    <div data-testid="model-diff" data-changed={changed.length} data-same={same}>
      <p>
        {formatPlural(changed.length, 'tensor')} changed, {formatCount(same)} are the same to the bit.
      </p>
      <NameLists lists={lists} />
      {changed.length > 0 ? (
        <div className={styles.scroll} role="region" aria-label="Changed tensors" tabIndex={0}>
          <table className={styles.table}>
            <TableHead columns={['tensor', 'shape', 'L2 of the change', 'of its own norm', 'largest change']} />
            <tbody>
              {changed.slice(0, SHOWN).map(({ name, shape, l2, relative, maxAbs }) => (
                <tr key={name} data-testid="model-diff-row" data-tensor={name} data-l2={l2} data-max={maxAbs}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td>{shape.join(' × ')}</td>
                  <td>{formatValue(l2)}</td>
                  <td>{relative === null ? '–' : formatPercent(relative, 3)}</td>
                  <td>{formatValue(maxAbs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

/** @param model the first of the two; the other is proposed to be its parent */
export function DiffDialog({ model, models, onClose }: { model: ModelEntry; models: readonly ModelEntry[]; onClose: () => void }) {
  const exchange = ExchangeStore.useApi();
  const busy = ExchangeStore.use((state) => state.busy);
  const others = models.filter(({ id }) => id !== model.id);
  const [otherId, setOtherId] = useState(model.checkpoint?.parentId ?? others[0]?.id ?? null);
  const [compared, setCompared] = useState<{ otherId: string; difference: ModelDifference } | null>(null);
  const compare = async () => {
    const difference = otherId === null ? null : await exchange.getState().compareModels(otherId, model.id);
    if (otherId !== null && difference) setCompared({ otherId, difference });
  };
  const close = () => {
    if (busy?.work === 'model-diff') exchange.getState().cancel();
    onClose();
  };
  return (
    <Modal opened onClose={close} title={`Weights of ${model.name}`} size={820}>
      <div className={styles.form}>
        <ModelSelect label="Against" models={others} value={otherId} onChange={setOtherId} />
        <div className={styles.importButtons}>
          <Button
            variant="default"
            onClick={() => void compare()}
            disabled={busy !== null || otherId === null}
            data-testid="model-diff-start"
          >
            Compare tensor by tensor
          </Button>
          {busy?.work === 'model-diff' && busy.total > 0 ? (
            <Progress className={styles.grow} value={(100 * busy.done) / busy.total} aria-label="Tensors compared" />
          ) : null}
        </div>
        <p className={styles.note}>Adapters are folded in first, so that what is compared is what answers.</p>
        {compared && compared.otherId === otherId ? <DifferenceView difference={compared.difference} /> : null}
      </div>
    </Modal>
  );
}
