using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Export;

/// <summary>Where a job's blobs are read from for an export.</summary>
/// <param name="Ledger">The job's containers, as far as the caller may open them.</param>
/// <param name="Job">Names it in messages.</param>
internal sealed record ExportSource(JobLedger Ledger, string Job)
{
    /// <summary>The folder in which the client keeps its personal state (`trainer train --state`); null: its private container.</summary>
    public IBlobStore? Home { get; init; }

    /// <summary>What to do where the credential does not open the client's private container.</summary>
    public string Advice { get; init; } = "";

    /// <summary>A job's containers in a store. One that is missing in a folder is not made.</summary>
    public static JobLedger Open(BlobStores stores, string id) => new(id, name => stores.MayExist(name)
        ? stores.Container(name)
        : throw new BlobStoreException(BlobFault.Missing, $"{name}: no such container"));

    /// <summary>A client's folder of personal states.</summary>
    /// <param name="folder">`--state`; null: none was given.</param>
    /// <exception cref="LedgerException">There is no such folder.</exception>
    public static IBlobStore? HomeAt(string? folder)
    {
        if (folder is null)
            return null;
        return Directory.Exists(folder) ? new FileBlobStore(Path.GetFullPath(folder), FileRights.Owner) : throw new LedgerException($"--state {folder}: there is no such folder; give the one that the client's trainer was given by --state.");
    }
}
