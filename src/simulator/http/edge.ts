import type { Answer } from '../api/answer.ts';
import type { FaultSpec } from '../api/fault.ts';

const html = (status: number, title: string): Answer => ({
  kind: 'text',
  status,
  contentType: 'text/html',
  text: `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>\n`,
});

const NO_BODY_429: Answer = { kind: 'text', status: 429, contentType: null, text: '' };
const HTML_TITLES: Readonly<Record<number, string>> = {
  500: '500 Internal Server Error',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
};

const DEFAULT_HTML_STATUS = 502;

const htmlFault = ({ httpStatus = DEFAULT_HTML_STATUS }: FaultSpec): Answer =>
  html(httpStatus, HTML_TITLES[httpStatus] ?? `${httpStatus} Server Error`);

/** What the proxy in front of the API answers by itself; null when the call goes through to the API. */
export function answerAtEdge(fault: FaultSpec | null, isWithinRate: boolean): Answer | null {
  if (!isWithinRate || fault?.kind === 'rate_limit_empty') return NO_BODY_429;
  if (fault?.kind === 'rate_limit_html') return html(429, '429 Too Many Requests');
  if (fault?.kind === 'html_5xx' && fault.isAccepted !== true) return htmlFault(fault);
  return null;
}

/** What the proxy makes of the API's answer on its way back. */
export function answerThroughEdge(fault: FaultSpec | null, answer: Answer): Answer {
  if (fault?.kind === 'html_5xx') return htmlFault(fault);
  return fault?.kind === 'not_json' ? html(200, 'Welcome') : answer;
}
