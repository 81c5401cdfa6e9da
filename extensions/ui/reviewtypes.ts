/** What the API answers and reads about reviews, by the names that both hosts use. */
import type { components } from './schema';
import type { ISnapshot } from './types';

type Schemas = components['schemas'];

/** A body in which everything may be left out that has a default. */
type Given<T, K extends keyof T = never> = Partial<T> & Pick<T, K>;

export type ReviewState = Schemas['NewState']['state'];
export type Verdict = Schemas['Submission']['verdict'];

export type IParticipant = Schemas['ParticipantView'];
export type IReviewedCell = Schemas['ReviewedCellView'];
export type IReviewedNotebook = Omit<Schemas['ReviewedNotebookView'], 'base' | 'head'> & {
  base: ISnapshot | null;
  head: ISnapshot | null;
};
export type ISuggestion = Schemas['SuggestionView'];
export type IComment = Schemas['CommentView'];
export type IThread = Schemas['ThreadView'];
export type IReview = Omit<Schemas['ReviewView'], 'notebooks'> & { notebooks: IReviewedNotebook[] };
export type IReviewLine = Schemas['ReviewLineView'];
export type IReviewsPage = Schemas['ReviewsPage'];
export type IReviewChanged = Omit<Schemas['ReviewChanged'], 'review'> & { review: IReview };
export type IThreadWritten = Schemas['ThreadWritten'];
export type INotification = Schemas['NotificationView'];
export type INotifications = Schemas['NotificationsView'];

export type INewAnchor = Given<Schemas['Anchor']>;
export type INewComment = Given<Schemas['NewComment']>;
export interface INewThread {
  anchor: INewAnchor;
  comment: INewComment;
}
