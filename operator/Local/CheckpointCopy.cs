using System.Security.Cryptography;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Local;

/// <summary>Copies a tensor file out of the ledger.</summary>
internal static class CheckpointCopy
{
    private const int Chunk = 4 << 20;

    /// <summary>Copies a blob to a file, whole or not at all.</summary>
    /// <param name="store">Its container.</param>
    /// <param name="blob">Which, and what it must be.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="copied">Told how many bytes are there.</param>
    /// <exception cref="LedgerException">Its content is not what the ledger says.</exception>
    public static async Task WriteAsync(IBlobStore store, BlobReference blob, string path, CancellationToken cancellationToken, Action<long>? copied = null)
    {
        var temporary = path + ".new";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            var buffer = new byte[Math.Min(Chunk, blob.Length)];
            for (var offset = 0L; offset < blob.Length; offset += buffer.Length)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, blob.Length - offset));
                await store.ReadRangeAsync(blob.Name, offset, part, ifMatch: null, cancellationToken).ConfigureAwait(false);
                hash.AppendData(part.Span);
                await file.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                copied?.Invoke(offset + part.Length);
            }
        }
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) is var seen && seen != blob.Sha256)
            throw new LedgerException($"{store.Name}/{blob.Name} has SHA-256 {seen}, the ledger names {blob.Sha256}: the store has lost or changed it");
        File.Move(temporary, path, overwrite: true);
    }
}
