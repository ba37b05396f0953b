using System.Text.Json;
using System.Text.Json.Serialization;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Local;

/// <summary>The layout of a run's folder.</summary>
/// <param name="Path">Absolute.</param>
internal sealed record RunFolder(string Path)
{
    /// <summary>The manifest as it was given: what a resumed run reads.</summary>
    public string Manifest => In("manifest.yaml");

    /// <summary>Where data and ledger are: what a resumed run uses again.</summary>
    public string Settings => In("run.json");

    /// <summary>The containers of a `file` store, one folder each.</summary>
    public string Ledger => In("ledger");

    /// <summary>Azurite's own files, for an `azure` store.</summary>
    public string Azurite => In("azurite");

    /// <summary>Credential files of an `azure` store.</summary>
    public string Credentials => In("credentials");

    /// <summary>A process's output.</summary>
    public string Log(string process) => System.IO.Path.Combine(In("logs"), process + ".log");

    /// <summary>The figures of the run.</summary>
    public string Summary => In("summary.json");

    /// <summary>The plots of the run.</summary>
    public string Report => In("report.html");

    /// <summary>A copy of the newest checkpoint.</summary>
    public string Checkpoint => In("checkpoint.safetensors");

    /// <summary>The checkpoint with the best accuracy.</summary>
    public string Best => In("best.safetensors");

    /// <summary>Folder of a round's updates, one file a client.</summary>
    public string Updates(RoundKey round) => System.IO.Path.Combine(In("updates"), round.Number.ToString("D6", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A path for the user: relative where it lies below the current folder.</summary>
    public static string Shown(string path)
    {
        var relative = System.IO.Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>Makes the folder, and takes it for this process alone.</summary>
    /// <returns>Holds it until disposed; null where another process has it.</returns>
    public IDisposable? Take()
    {
        Directory.CreateDirectory(In("logs"));
        try
        {
            return new FileStream(In(".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>run.json: what the command line said.</summary>
/// <param name="Store">`file` or `azure`.</param>
/// <param name="Data">`--data`; null: by the manifest.</param>
/// <param name="InitialCheckpoint">The file that the model starts from, absolute; null: the manifest names none. Beside the copy of the manifest a relative path would mean another file.</param>
internal sealed record RunSettings(string Store, string? Data, string? InitialCheckpoint = null)
{
    public static RunSettings Read(string path) => JsonSerializer.Deserialize(File.ReadAllBytes(path), RunSettingsJson.Default.RunSettings)!;

    public void Write(string path) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, RunSettingsJson.Default.RunSettings));
}

/// <summary>run.json, read and written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RunSettings))]
internal sealed partial class RunSettingsJson : JsonSerializerContext;
