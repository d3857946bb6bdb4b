// A stored picture beside an answer; nothing where this browser does not hold it.
import { useEffect, useState } from 'react';
import { SamplesStore } from '../../../state/samples.ts';
import styles from '../Evaluation.module.css';

/** @param alt the path tells the label: where that must not be seen, something else */
export function StoredPicture({ sampleId, alt }: { sampleId: string; alt: string }) {
  const readImage = SamplesStore.use((state) => state.readImage);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isGone = false;
    void readImage(sampleId).then(
      (blob) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      () => setUrl(null), // it was deleted; the dialog says so by having no picture
    );
    return () => {
      isGone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [readImage, sampleId]);
  return url ? <img className={styles.picture} src={url} alt={alt} data-testid="answer-picture" /> : null;
}
