use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::Part;

/// The directory of everything that must survive, and what lies where in it.
#[derive(Debug, Clone)]
pub struct DataDirectory {
    root: PathBuf,
}

/// Held while a process uses a data directory; let go when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct DirectoryLock {
    /// Locks end with their files.
    _files: Vec<File>,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Another process uses it.
    #[error("another hutong already runs on {}", .0.display())]
    InUse(PathBuf),
    /// It cannot be made or written.
    #[error("cannot use the data directory {}: {reason}", path.display(), reason = source.kind())]
    Unusable {
        /// The directory, or a file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl DataDirectory {
    /// The directory at `root`, as an absolute path; it need not exist.
    ///
    /// # Errors
    /// If the working directory is gone.
    pub fn at(root: &Path) -> Result<Self, DirectoryError> {
        let root = std::path::absolute(root).map_err(|source| unusable(root, source))?;
        Ok(Self { root })
    }

    /// Makes it and the directories in it, for their owner only.
    ///
    /// # Errors
    /// [`DirectoryError::Unusable`].
    pub fn create(&self) -> Result<(), DirectoryError> {
        for path in [self.root.clone(), self.keys(), self.logs()] {
            DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(|source| unusable(&path, source))?;
        }
        Ok(())
    }

    /// Locks it for a process that serves the whole city.
    ///
    /// # Errors
    /// [`DirectoryError::InUse`] if any other process serves from it.
    pub fn lock(&self) -> Result<DirectoryLock, DirectoryError> {
        let file = self.lock_file("lock")?;
        self.taken(file.try_lock())?;
        Ok(DirectoryLock { _files: vec![file] })
    }

    /// Locks it for a process that serves some services, beside others that serve other ones.
    ///
    /// # Errors
    /// [`DirectoryError::InUse`] if another process serves the whole city or one of these services from it.
    pub fn lock_for(&self, services: &[Part]) -> Result<DirectoryLock, DirectoryError> {
        let shared = self.lock_file("lock")?;
        self.taken(shared.try_lock_shared())?;
        let mut files = vec![shared];
        for service in services {
            let file = self.lock_file(&format!("lock.{}", service.name()))?;
            self.taken(file.try_lock())?;
            files.push(file);
        }
        Ok(DirectoryLock { _files: files })
    }

    fn lock_file(&self, name: &str) -> Result<File, DirectoryError> {
        let path = self.root.join(name);
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| unusable(&path, source))
    }

    fn taken(&self, locked: Result<(), TryLockError>) -> Result<(), DirectoryError> {
        locked.map_err(|error| match error {
            TryLockError::WouldBlock => DirectoryError::InUse(self.root.clone()),
            TryLockError::Error(source) => unusable(&self.root, source),
        })
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Signing keys and the vault's.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// A service's signing key; its public half lies beside it with the ending `.pub`.
    #[must_use]
    pub fn signing_key(&self, service: &str) -> PathBuf {
        self.keys().join(format!("{service}.ed25519"))
    }

    /// The public half of a service's signing key, in hex.
    #[must_use]
    pub fn public_key(&self, service: &str) -> PathBuf {
        self.keys().join(format!("{service}.ed25519.pub"))
    }

    /// The key under which a service seals personal fields.
    #[must_use]
    pub fn vault_key(&self, service: &str) -> PathBuf {
        self.keys().join(format!("{service}.vault"))
    }

    /// The key from which the departments' references to children follow.
    #[must_use]
    pub fn references_key(&self) -> PathBuf {
        self.keys().join("references")
    }

    /// Our own nats-server's configuration, store and log.
    #[must_use]
    pub fn nats(&self) -> PathBuf {
        self.root.join("nats")
    }

    /// Log files.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Our own log.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.logs().join("hutong.log")
    }

    /// Where the running city wrote down how it is reached.
    #[must_use]
    pub fn endpoints(&self) -> PathBuf {
        self.root.join("endpoints.json")
    }
}

fn unusable(path: &Path, source: io::Error) -> DirectoryError {
    DirectoryError::Unusable { path: path.to_owned(), source }
}
