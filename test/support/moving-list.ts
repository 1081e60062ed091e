import { toInstant } from '../../src/domain/clock.ts';
import type { OffsetPage } from '../../src/domain/list-query.ts';
import type { PagedList } from '../../src/resolvers/paged-list.ts';
import type { PageRequest } from '../../src/rest/provider-session.ts';

export interface Item {
  readonly id: string;
  readonly at: string;
}

/** A list that pages by offset, newest first, and that tests move between (and during) the calls. */
export class MovingList {
  readonly calls: PageRequest[] = [];
  /** Runs before each call is answered: where arrivals come in. */
  beforeCall: () => void = () => {};
  /** Rows that the reader of the page drops because they make no sense; the provider counts them all the same. */
  isUnreadable: (item: Item) => boolean = () => false;
  /** The provider may serve fewer rows a page than it is asked for. */
  maxRows = 100;
  #items: Item[] = [];
  #created = 0;
  #nowMs = Date.parse('2026-02-13T10:00:00Z');

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Adds rows at the head, each so many ms after the one before; 0 gives equal instants, less than 0 disorder. */
  arrive(count: number, stepMs = 1000): void {
    for (let index = 0; index < count; index += 1) {
      this.#nowMs += stepMs;
      this.#created += 1;
      this.#items.unshift({ id: `row-${this.#created}`, at: toInstant(this.#nowMs) });
    }
  }

  remove(isLeaving: (item: Item, index: number) => boolean): void {
    this.#items = this.#items.filter((item, index) => !isLeaving(item, index));
  }

  asPagedList(isAppendOnly: boolean): PagedList<Item> {
    return {
      fetch: (request) => Promise.resolve(this.#page(request)),
      idOf: (item) => item.id,
      instantOf: (item) => item.at,
      isAppendOnly,
    };
  }

  #page(request: PageRequest): OffsetPage<Item> {
    this.calls.push(request);
    this.beforeCall();
    const { page } = request;
    const limit = Math.min(request.limit, this.maxRows);
    const total = this.#items.length;
    const served = this.#items.slice((page - 1) * limit, page * limit);
    const rows = served.filter((item) => !this.isUnreadable(item));
    return { rows, total, page, totalPages: Math.ceil(total / limit), limit, served: served.length };
  }
}
