namespace FedOperator.Core.Ledger;

/// <summary>model.json: written last by `trainer init`, so that where it is, the initial checkpoint is too.</summary>
public sealed record ModelDocument
{
    /// <summary>Protocol version.</summary>
    public int Protocol { get; init; } = 1;

    /// <summary>Hash of the plan that it was made from.</summary>
    public required string Plan { get; init; }

    /// <summary>The initial checkpoint.</summary>
    public required BlobReference Initial { get; init; }

    /// <summary>The initial values of the tensors that stay with their clients, where they came out of `model.initialCheckpoint`; otherwise null: each client draws them from the seed.</summary>
    public BlobReference? InitialPersonal { get; init; }

    /// <summary>The model's tensors.</summary>
    public required ModelLayout Layout { get; init; }

    /// <summary>Whether a model that a process built from the plan by itself is this one: same tensors, same order, same roles and placements.</summary>
    public bool Describes(ModelLayout layout) =>
        LedgerJson.Write(layout, LedgerJson.Default.ModelLayout).AsSpan().SequenceEqual(LedgerJson.Write(Layout, LedgerJson.Default.ModelLayout));
}
