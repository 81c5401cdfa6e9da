import { Api, query } from './api';
import type {
  INewComment,
  INewThread,
  INotifications,
  IReview,
  IReviewChanged,
  IReviewsPage,
  IThreadWritten,
  ReviewState,
  Verdict
} from './reviewtypes';

export interface IReviewsQuery {
  waiting?: boolean;
  mine?: boolean;
  /** States, with commas between. */
  state?: string;
  after?: string | null;
  limit?: number;
}

/** A review to ask for; what is not named follows the newest version, from nothing on. */
export interface INewReview {
  title: string;
  description?: string;
  project?: string | null;
  notebooks: { notebook: string; base?: string | null; head?: string | null }[];
  reviewers?: string[];
  draft?: boolean;
}

/** What somebody decides, and on what they have seen. */
export interface ISubmission {
  verdict: Verdict;
  text: string;
  revision: number;
  seen: number;
}

/** The door to reviews, for both hosts. */
export class ReviewClient extends Api {
  reviews(which: IReviewsQuery = {}): Promise<IReviewsPage> {
    return this.read(`reviews${query({ ...which })}`);
  }

  askFor(review: INewReview): Promise<IReviewChanged> {
    return this.write('POST', 'reviews', review);
  }

  review(id: string): Promise<IReview> {
    return this.read(`reviews/${id}`);
  }

  /** One's drafts go out, with a text and perhaps a verdict. */
  submit(review: string, submission: ISubmission): Promise<IReviewChanged> {
    return this.write('POST', `reviews/${review}/submissions`, submission);
  }

  setState(
    review: string,
    state: ReviewState,
    seen: number,
    conclusion = ''
  ): Promise<IReviewChanged> {
    return this.write('PUT', `reviews/${review}/state`, { state, seen, conclusion });
  }

  /** Say that one has looked at a revision, as it was then. */
  look(review: string, revision: number, seen: number): Promise<void> {
    return this.write('PUT', `reviews/${review}/look`, { revision, seen });
  }

  /** Tick a cell that holds what the digest names, or take the tick away. */
  setViewed(
    review: string,
    notebook: string,
    cell: number,
    digest: string,
    viewed: boolean
  ): Promise<void> {
    return this.write('PUT', `reviews/${review}/viewed`, { notebook, cell, digest, viewed });
  }

  openThread(review: string, thread: INewThread): Promise<IThreadWritten> {
    return this.write('POST', `reviews/${review}/threads`, thread);
  }

  answer(thread: string, comment: INewComment): Promise<IThreadWritten> {
    return this.write('POST', `threads/${thread}/comments`, comment);
  }

  resolve(thread: string, resolved: boolean): Promise<IThreadWritten> {
    return this.write('PATCH', `threads/${thread}`, { resolved });
  }

  editComment(id: string, text: string, suggestion: string | null): Promise<IThreadWritten> {
    return this.write('PATCH', `comments/${id}`, { text, suggestion });
  }

  deleteComment(id: string): Promise<void> {
    return this.write('DELETE', `comments/${id}`);
  }

  /** A suggestion is in the notebook, perhaps in a version that is known. */
  markApplied(comment: string, snapshot: string | null): Promise<IThreadWritten> {
    return this.write('PUT', `comments/${comment}/applied`, { snapshot });
  }

  notifications(after: string | null = null): Promise<INotifications> {
    return this.read(`notifications${query({ after })}`);
  }

  /** These were seen. */
  seeNotifications(ids: string[]): Promise<void> {
    return this.write('PUT', 'notifications', { ids });
  }
}
