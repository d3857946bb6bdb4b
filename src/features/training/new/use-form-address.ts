// Which form an address means. The form writes its own settings into the address, and must not begin anew for that.
import { useLocation } from 'react-router';
import { useParameters } from '../../../components/use-parameters.ts';

/** Goes with the addresses that a form writes. */
interface FormState {
  form: string;
}

const isFormState = (state: unknown): state is FormState => typeof state === 'object' && state !== null && 'form' in state;

/** The same while the form changes its address itself; another for every other link to it. */
export function useFormKey(): string {
  const { key, search, state } = useLocation();
  const from: unknown = state;
  return isFormState(from) ? from.form : `${key}${search}`;
}

/** The parameters, and how the form with this key changes them. */
export function useFormAddress(form: string): [URLSearchParams, (change: (now: URLSearchParams) => URLSearchParams) => void] {
  const [params, change] = useParameters();
  return [params, (next) => change(next, { form } satisfies FormState)];
}
