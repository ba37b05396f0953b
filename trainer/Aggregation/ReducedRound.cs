using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Aggregation;

/// <summary>What a reduction wrote, durable under content names; it counts once closed.json says so.</summary>
/// <param name="Checkpoint">`checkpoints/000007-SHA256.safetensors`.</param>
/// <param name="ServerState">`server-state/000007-SHA256.safetensors`; null without server momentum and after a statistics round.</param>
/// <param name="UpdateNorm">L2 norm of the averaged update over weights and BatchNorm's gamma and beta, before clipping; null where no clipping asked for it.</param>
/// <param name="Drift">One a client, in ordinal order of their names; empty where the update had no moments.</param>
public sealed record ReducedRound(
    BlobReference Checkpoint, BlobReference? ServerState, double? UpdateNorm, IReadOnlyList<ClientDrift> Drift);

/// <summary>How far a client's moments are from the merged ones.</summary>
/// <param name="Client">Its name.</param>
/// <param name="Largest">Over the layers.</param>
/// <param name="Layers">By layer, in the order of the forward pass: symmetric KL divergence of the Gaussians, the mean over the channels, in nats.</param>
public sealed record ClientDrift(string Client, double Largest, IReadOnlyList<LayerDrift> Layers);

/// <summary>One layer's drift.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Divergence">In nats; 0: the same moments.</param>
public sealed record LayerDrift(string Layer, double Divergence);
