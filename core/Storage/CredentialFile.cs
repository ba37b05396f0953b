namespace FedOperator.Core.Storage;

/// <summary>The file in which a process finds its credentials: written by hand, or mounted from a Secret and replaced under it.</summary>
internal sealed class CredentialFile(string path)
{
    /// <summary>In words.</summary>
    public string Description => "the credential file " + path;

    /// <summary>Reads it.</summary>
    /// <exception cref="BlobStoreException">It is unreadable or malformed: <see cref="BlobFault.Denied"/>.</exception>
    public CredentialSet Read()
    {
        try
        {
            return new FileInfo(path).Length <= CredentialSet.MaximumLength
                ? CredentialSet.Parse(File.ReadAllBytes(path), Description)
                : throw new BlobStoreException(BlobFault.Denied, $"{Description} is longer than {CredentialSet.MaximumLength} bytes");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException(BlobFault.Denied, $"{Description} cannot be read: {fault.GetType().Name}", fault);
        }
    }

    /// <summary>Replaces it where this process may; false: it may not (a mounted Secret).</summary>
    public bool TryReplace(byte[] content)
    {
        try
        {
            Write(path, content);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes such a file, readable by its owner only, whole or not at all.</summary>
    public static void Write(string path, byte[] content)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
