namespace FedOperator.Core.Ledger;

/// <summary>The ledger contradicts itself or the plan: nothing that a retry mends. The message names the blob, what was seen, and what to do.</summary>
public sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner);
