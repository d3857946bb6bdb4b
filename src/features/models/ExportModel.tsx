import { Button, Menu } from '@mantine/core';
import { fileNameOf, saveFile } from '../../components/save-file.ts';
import { ExchangeStore } from '../../state/exchange.ts';
import { NoticesStore } from '../../state/notices.ts';
import type { ModelEntry } from '../../state/models.ts';

/** The model as a zip: whole in LLaVA's layout, or, where it has one, its adapter in PEFT's. */
export function ExportModel({ model: { id, name, step, kind, checkpoint } }: { model: ModelEntry }) {
  const exchange = ExchangeStore.useApi();
  const notices = NoticesStore.useApi();
  const isBusy = ExchangeStore.use((state) => state.busy !== null);
  const hasAdapter = kind === 'lora' || (checkpoint?.files.some(({ path }) => path === 'adapter_model.safetensors') ?? false);
  const save = async (layout: 'llava' | 'peft') => {
    const blob = await exchange.getState().exportModel(id, layout);
    // The official loader reads a folder as an adapter only when its name holds both words.
    if (!blob) return;
    const file = `${fileNameOf(name, id)}${layout === 'peft' ? '-llava-lora' : '-llava'}.zip`;
    await saveFile(file, blob).catch((error: unknown) => notices.getState().raise(error));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" disabled={isBusy} aria-label={`Export ${name}, step ${step}`} data-testid="model-export">
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save('llava')}>Whole model, LLaVA layout</Menu.Item>
        {hasAdapter ? <Menu.Item onClick={() => void save('peft')}>Adapter, PEFT layout</Menu.Item> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
