import '../../ui/diff.css';
import './base.css';
