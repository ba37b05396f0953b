namespace FedOperator.Operator.Children;

/// <summary>Names of containers and volumes in our pods. A podTemplate merges by them.</summary>
internal static class PodNames
{
    /// <summary>The aggregator's container.</summary>
    public const string Aggregator = "aggregator";

    /// <summary>The aggregator's init container: `trainer init`.</summary>
    public const string Init = "init";

    /// <summary>A client's container.</summary>
    public const string Trainer = "trainer";

    /// <summary>Names of our volumes begin so.</summary>
    public const string Prefix = "fed-";

    /// <summary>Volume with the process's credential file.</summary>
    public const string CredentialVolume = "fed-credential";

    /// <summary>Volume with the ledger, with volume storage.</summary>
    public const string StorageVolume = "fed-storage";

    /// <summary>Volume with the client's data.</summary>
    public const string DataVolume = "fed-data";

    /// <summary>Volume with the checkpoint that the model starts from.</summary>
    public const string CheckpointVolume = "fed-checkpoint";

    /// <summary>Empty volume at /tmp.</summary>
    public const string TemporaryVolume = "fed-tmp";

    /// <summary>The port that serves /metrics.</summary>
    public const string MetricsPort = "metrics";
}
