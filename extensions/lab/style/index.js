import '../../ui/diff.css';
import './base.css';
import './panel.css';
import './tabs.css';
import './merge.css';
import './reviews.css';
import '../../ui/discussion.css';
