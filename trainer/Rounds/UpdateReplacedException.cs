namespace FedOperator.Trainer.Rounds;

/// <summary>An update that a cut admitted no longer has the content that the cut names: its client deleted or replaced it. The round cannot be reduced any more.</summary>
internal sealed class UpdateReplacedException(string message) : Exception(message);
