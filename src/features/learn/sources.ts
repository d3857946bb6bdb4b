// The works that the method and this page rest on. Links are followed only when someone clicks on them.

export interface Source {
  /** What of the page comes from it. */
  subject: string;
  work: string;
  where: string;
  url?: string;
}

const arxiv = (id: string): Pick<Source, 'where' | 'url'> => ({ where: `arXiv ${id}`, url: `https://arxiv.org/abs/${id}` });

export const SOURCES: readonly Source[] = [
  {
    subject: 'PRPO, DX-LLaVA',
    work: 'Nguyen, Khan, Tran, Phan, Khalil: PRPO, Paragraph-level Policy Optimization for Vision-Language Deepfake Detection, ICML 2026',
    ...arxiv('2509.26272'),
  },
  { subject: 'GRPO', work: 'Shao and others: DeepSeekMath, 2024', ...arxiv('2402.03300') },
  { subject: 'Training without labels', work: 'Zuo and others: TTRL, Test-Time Reinforcement Learning, 2025', ...arxiv('2504.16084') },
  { subject: 'Model', work: 'Liu, Li, Wu, Lee: Visual Instruction Tuning (LLaVA), 2023', ...arxiv('2304.08485') },
  { subject: 'Vision tower', work: 'Liu and others: A ConvNet for the 2020s (ConvNeXt), 2022', ...arxiv('2201.03545') },
  { subject: 'VCR', work: 'Radford and others: Learning Transferable Visual Models From Natural Language Supervision (CLIP), 2021', ...arxiv('2103.00020') }, // prettier-ignore
  {
    subject: 'Keyword',
    work: 'Campos and others: YAKE! Keyword extraction from single documents',
    where: 'Information Sciences 509, 2020',
  },
  { subject: 'LoRA', work: 'Hu and others: LoRA, Low-Rank Adaptation of Large Language Models, 2021', ...arxiv('2106.09685') },
];
