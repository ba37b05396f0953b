using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Rounds;

/// <summary>results/NNNNNN.safetensors: the checkpoint under the standard names only, so that any framework's BatchNorm takes it as it is.</summary>
/// <remarks>Left out: gradient statistics and mixing, which only training needs.</remarks>
internal static class InferenceModel
{
    /// <summary>Writes the result of a round from its checkpoint, unless it is there.</summary>
    public static async Task<BlobReference> WriteAsync(JobContext job, BlobReference checkpoint, int round, CancellationToken cancellationToken)
    {
        var global = job.Ledger.Global;
        using var reader = await SafetensorsReader.OpenAsync(global, checkpoint.Name, cancellationToken: cancellationToken).ConfigureAwait(false);
        var training = job.Model.Layout.Tensors.Where(t => !t.IsForInference).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var kept = reader.Entries.Where(e => !training.Contains(e.Name)).ToList();

        var draft = await global.DraftAsync(cancellationToken).ConfigureAwait(false);
        await using (draft.ConfigureAwait(false))
        {
            var hashed = new Sha256Stream(draft.Content);
            await using (hashed.ConfigureAwait(false))
            {
                var writer = await SafetensorsWriter.StartAsync(hashed, [.. kept.Select(e => new TensorHeader(e.Name, e.DType, e.Shape))], cancellationToken: cancellationToken).ConfigureAwait(false);
                foreach (var entry in kept)
                    await writer.CopyAsync(reader, entry, cancellationToken).ConfigureAwait(false);
                await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
                var result = new BlobReference(LedgerPaths.Result(round), hashed.Hex, hashed.Length);
                await draft.CommitAsync(result.Name, cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
    }
}
