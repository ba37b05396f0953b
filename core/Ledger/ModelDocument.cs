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

    /// <summary>The model's tensors.</summary>
    public required ModelLayout Layout { get; init; }

    /// <summary>SHA-256 of a layout: what a client's hello names, to show that it would build the same model.</summary>
    public static string LayoutHash(ModelLayout layout) => LedgerJson.Sha256(LedgerJson.Write(layout, LedgerJson.Default.ModelLayout));
}
