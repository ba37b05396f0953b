using System.Globalization;

namespace FedOperator.Bench;

/// <summary>The files of a measurement, removed at its end.</summary>
internal sealed class TemporaryUpdates : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("fed-bench-").FullName;

    /// <summary>Bytes of one update.</summary>
    public long UpdateLength => new FileInfo(ReduceFiles.Update(Folder, 0)).Length;

    public static async Task<TemporaryUpdates> CreateAsync(int megabytes, int clients)
    {
        var files = new TemporaryUpdates();
        try
        {
            await ReduceFiles.WriteAsync(files.Folder, megabytes, clients);
            await File.WriteAllTextAsync(Path.Join(files.Folder, "megabytes"), megabytes.ToString(CultureInfo.InvariantCulture));
            await File.WriteAllLinesAsync(Path.Join(files.Folder, "sha256"), Enumerable.Range(0, ReduceFiles.Distinct).Select(c => ReduceFiles.Sha256(ReduceFiles.Update(files.Folder, c))));
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
